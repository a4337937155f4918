/** The machine that Linux shows. */
package org.cloudos.hal.host;
