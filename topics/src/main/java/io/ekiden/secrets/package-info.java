/// How secrets are kept from everybody who has no business with them: values are sealed before they
/// leave the process that was given them, and opened by the agent whose task wants them.
package io.ekiden.secrets;
