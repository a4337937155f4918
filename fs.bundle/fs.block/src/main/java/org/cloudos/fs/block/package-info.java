/**
 * The device-independent block layer. A raw device gets a {@link org.cloudos.fs.block.LayeredDevice} in front of it, a service of the same
 * name and a higher ranking; its parts become devices of their own. Lock order: {@code Layers}, then a device's {@code CacheDevice} or
 * {@code Dispatcher}; none is held during a call to a device.
 */
package org.cloudos.fs.block;
