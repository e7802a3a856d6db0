/// Marathon's JSON forms of definitions: read with every problem at once, written as Marathon's GET
/// prints them. Pure functions on Jackson's tree.
package io.ekiden.json;
