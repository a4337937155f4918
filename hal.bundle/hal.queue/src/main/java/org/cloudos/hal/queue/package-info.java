/** What drivers of devices with queues share. */
package org.cloudos.hal.queue;
