/// Who is known: users and the hashes of their tokens, in a file that may change while it is used.
package io.ekiden.gateway.users;
