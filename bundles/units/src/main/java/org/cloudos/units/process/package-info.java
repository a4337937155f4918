/**
 * Native processes of units: the program {@code spawn} (distro/boot/spawn) and its frames, control groups, accounts, capabilities and
 * filters of system calls.
 */
package org.cloudos.units.process;
