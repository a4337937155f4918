/** YAML with places: read within limits, and edited in place. No OSGi, no files. */
package org.cloudos.config.yaml;
