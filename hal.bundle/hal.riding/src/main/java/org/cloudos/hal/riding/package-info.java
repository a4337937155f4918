/** Network devices that ride on Linux: a file whose reads and writes are one frame each. */
package org.cloudos.hal.riding;
