/** What simulated devices share: drivers are tested with devices that lie, break and vanish, which no real one does when it is asked to. */
package org.cloudos.hal.sim;
