/** The web console's login. Nobody outside uses this package. */
package org.cloudos.weblogin;
