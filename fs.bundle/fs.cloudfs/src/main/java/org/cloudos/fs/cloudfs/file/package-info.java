/** The contents of files: extents, reading, delayed writing, packing. */
package org.cloudos.fs.cloudfs.file;
