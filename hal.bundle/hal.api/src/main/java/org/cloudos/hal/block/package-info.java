/**
 * Block devices. A {@link BlockDevice} is safe for use by many threads; a {@link BlockQueue} belongs to one thread at a
 * time. Memory is native ({@code MemorySegment} outside the heap) unless a method says otherwise: it goes to the device
 * as it is, without a copy.
 */
@Export
@Version("1.0.0")
package org.cloudos.hal.block;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
