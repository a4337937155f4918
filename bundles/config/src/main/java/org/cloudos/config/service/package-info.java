/**
 * The service behind {@link org.cloudos.config.ConfigTree}. Lock order: {@code TreeService.lock} alone; it is held while
 * Configuration Admin is written, whose deliveries to bundles happen in other threads.
 */
@Capability(namespace = "cloudos.subsystem", name = "config")
package org.cloudos.config.service;

import org.osgi.annotation.bundle.Capability;
