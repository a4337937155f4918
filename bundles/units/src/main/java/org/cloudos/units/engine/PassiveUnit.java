package org.cloudos.units.engine;

import java.util.List;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;

/** A unit that is there or not: targets, which are others' meeting points, and slices, which are folders of control groups. */
class PassiveUnit extends Unit {
    private boolean up;

    PassiveUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return up ? Active.ACTIVE : Active.INACTIVE;
    }

    @Override String sub() {
        return up ? "active" : "dead";
    }

    @Override boolean needsFile() {
        return !id().type().equals("slice");
    }

    @Override void configure(Settings settings) { }

    /** A target waits for what it pulls in, unless that says otherwise. systemd.target(5). */
    @Override void addDefaultDependencies() {
        if (id().type().equals("target")) {
            for (Dep dep : List.of(Dep.WANTS, Dep.REQUIRES, Dep.REQUISITE, Dep.BINDS_TO, Dep.UPHOLDS)) {
                for (Unit other : List.copyOf(deps(dep))) {
                    if (other.defaultDependencies && !other.deps(Dep.AFTER).contains(this)) {
                        addDep(Dep.AFTER, other);
                    }
                }
            }
        }
        if (!id().toString().equals("shutdown.target")) {
            addDep(Dep.CONFLICTS, "shutdown.target");
            addDep(Dep.BEFORE, "shutdown.target");
        }
    }

    @Override Answer start() {
        up = true;
        changed();
        return Answer.ALREADY;
    }

    @Override Answer stop() {
        up = false;
        changed();
        return Answer.ALREADY;
    }
}
