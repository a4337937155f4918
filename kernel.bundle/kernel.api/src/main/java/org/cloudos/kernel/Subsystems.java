package org.cloudos.kernel;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The registry of subsystems. Thread-safe; answers are snapshots. */
@ProviderType
public interface Subsystems {
    /** All subsystems, sorted by name. */
    List<Subsystem> list();

    /** The subsystem of that name. */
    Optional<Subsystem> find(String name);

    /** The subsystem that this bundle provides. */
    Optional<Subsystem> ofBundle(long bundleId);
}
