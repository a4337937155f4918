/**
 * CloudFS as services: the format's {@link org.cloudos.fs.FileSystemType}, and {@link org.cloudos.fs.volume}'s tools. The layers below, each of
 * which knows only those before it: {@code format}, {@code medium}, {@code tree}, {@code space}, {@code volume}, {@code file}, {@code names},
 * {@code snapshot} and {@code check}, {@code mount}.
 */
package org.cloudos.fs.cloudfs;
