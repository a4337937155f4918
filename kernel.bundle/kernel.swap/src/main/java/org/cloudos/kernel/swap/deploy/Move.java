package org.cloudos.kernel.swap.deploy;

import org.cloudos.kernel.swap.Change;
import org.osgi.framework.Bundle;

/**
 * One bundle's way from one content to another. It runs afterwards if it ran before, or is new.
 *
 * @param bundle what is there already, or null
 */
record Move(String symbolicName, Bundle bundle, Content from, Content to) {

    Move back(Bundle installed) {
        return new Move(symbolicName, installed, to, from);
    }

    Change.Step step() {
        return new Change.Step(symbolicName, from.version(), to.version(),
                to instanceof Content.Stored s ? s.sha256() : "");
    }

    @Override
    public String toString() {
        return symbolicName + switch (to) {
            case Content.Absent a -> " " + from.version() + " is removed";
            default -> from instanceof Content.Absent ? " " + to.version()
                    : " " + from.version() + " -> " + to.version();
        };
    }
}
