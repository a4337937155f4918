/** The shell on the machine's own screen and keyboards. */
package org.cloudos.console;
