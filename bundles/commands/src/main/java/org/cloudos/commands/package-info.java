/** The commands {@code os:} and {@code bundle:}. They return data; the shell shows it. */
package org.cloudos.commands;
