/** What drivers of devices on PCI share when they attach and when they let go. */
package org.cloudos.hal.attach;
