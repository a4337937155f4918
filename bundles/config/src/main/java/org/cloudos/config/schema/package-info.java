/** What sections and names there are, and what values they take: read from Metatype (OSGi Compendium 105). */
package org.cloudos.config.schema;
