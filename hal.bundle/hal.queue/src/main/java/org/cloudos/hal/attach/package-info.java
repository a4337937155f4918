/** What drivers of devices on PCI share when they attach. */
package org.cloudos.hal.attach;
