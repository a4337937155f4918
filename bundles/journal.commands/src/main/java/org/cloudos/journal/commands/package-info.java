/** The journal on the terminal. */
package org.cloudos.journal.commands;
