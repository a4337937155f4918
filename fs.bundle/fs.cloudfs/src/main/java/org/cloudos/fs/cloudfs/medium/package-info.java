/** Blocks of one or two devices: mirroring, encryption, and who has the volume open. */
package org.cloudos.fs.cloudfs.medium;
