/** The units in the framework: the service {@link org.cloudos.units.Units}, and what its engine needs of this system. */
package org.cloudos.units.osgi;
