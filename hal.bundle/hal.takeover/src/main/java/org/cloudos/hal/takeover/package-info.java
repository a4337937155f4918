/** What taking a device from Linux needs on any bus. */
package org.cloudos.hal.takeover;
