/**
 * What tools do with volumes beyond files: make, check, repair and look into them ({@link org.cloudos.fs.volume.Volumes}), their
 * snapshots ({@link org.cloudos.fs.volume.Snapshots}) and their upkeep ({@link org.cloudos.fs.volume.Upkeep}).
 * A provider registers the three with the property {@link org.cloudos.fs.FileSystem#TYPE}. All are thread-safe. Long work reports to a
 * {@link org.cloudos.fs.volume.Progress} and ends early, leaving a good volume, when its thread is interrupted ({@code EINTR}).
 */
@Export
@Version("1.1.0")
package org.cloudos.fs.volume;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
