/** The commands of scope {@code svc}. */
package org.cloudos.units.commands;
