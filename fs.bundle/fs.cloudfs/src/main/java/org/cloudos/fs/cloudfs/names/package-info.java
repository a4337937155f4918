/** Names, attributes and extended attributes: changes of trees alone, each atomic under the tree lock. */
package org.cloudos.fs.cloudfs.names;
