/**
 * The units, their jobs and states, as systemd documents them. All of it runs on one thread, {@link org.cloudos.units.engine.Loop};
 * nothing here is safe to call from elsewhere unless it says so. Time, processes and bundles come through
 * {@link org.cloudos.units.engine.World}, so that tests have their own.
 */
package org.cloudos.units.engine;
