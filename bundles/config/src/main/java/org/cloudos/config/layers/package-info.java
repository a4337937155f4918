/** From files, environment and command line to one tree: read, merged, checked. Nothing here changes anything. */
package org.cloudos.config.layers;
