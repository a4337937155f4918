/** Into Configuration Admin: the PIDs that differ, and secrets only on their way to the bundle that asked. */
package org.cloudos.config.apply;
