/** The {@code config:} commands. They use the API alone. */
package org.cloudos.config.command;
