/** Profiles by the JDK's Flight Recorder. Nobody outside uses this package. */
package org.cloudos.perf;
