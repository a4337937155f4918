/** fsck: reads everything, says what is wrong, and repairs what the report says. */
package org.cloudos.fs.cloudfs.check;
