/**
 * What every {@code FileSystem} must pass. A file system's own tests extend {@link org.cloudos.fs.suite.FileSystemSuite} (JUnit) and
 * {@link org.cloudos.fs.suite.ModelSuite} (jqwik) and say how a fresh volume is made.
 */
package org.cloudos.fs.suite;
