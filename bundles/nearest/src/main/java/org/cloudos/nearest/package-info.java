/** Slips of the keyboard. */
package org.cloudos.nearest;
