package org.cloudos.greeter;

import org.osgi.annotation.versioning.ProviderType;

/** Greets. Thread-safe. */
@ProviderType
public interface Greeter {
    /** A greeting for somebody. */
    String greet(String who);
}
