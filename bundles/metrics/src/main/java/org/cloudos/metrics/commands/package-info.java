/** The commands {@code metrics:}. */
package org.cloudos.metrics.commands;
