/**
 * The VFS as a {@code java.nio.file.FileSystem}, scheme {@code cloudos}: {@code Path.of(URI.create("cloudos:///data/file"))} where the
 * bundle's classes come from the JVM's class path, else by the service {@code java.nio.file.FileSystem} with the property
 * {@code scheme=cloudos}.
 */
package org.cloudos.fs.nio;
