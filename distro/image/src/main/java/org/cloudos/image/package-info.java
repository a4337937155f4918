/**
 * The assembler: from a profile home (bundles, launcher, options) to what a machine boots.
 *
 * <p>{@link Image} is the door. Each step ({@link AptRoot}, {@link JavaRuntime}, {@link CdsArchive}, {@link ErofsRoot},
 * {@link Initramfs}, {@link DiskImage}) turns files into files; {@link StepCache} keeps each result under the hash of
 * all that went in, so that only what changed runs again. Same inputs, same bytes: times, identifiers and orders are fixed.
 */
package org.cloudos.image;
