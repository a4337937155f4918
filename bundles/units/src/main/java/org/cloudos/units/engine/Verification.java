package org.cloudos.units.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.file.UnitName;

/** What {@code svc:verify} says: findings of the files, programs and users that are not there, cycles. */
public final class Verification {
    private Verification() { }

    /** @param nameOrFile a unit's name or the path of a unit file. Preconditions: on the loop's thread */
    public static List<Finding> verify(Engine engine, String nameOrFile) throws UnitException {
        if (nameOrFile.contains("/") && Files.isRegularFile(Path.of(nameOrFile))) {
            return file(engine, Path.of(nameOrFile).toAbsolutePath());
        }
        return about(engine, engine.unit(nameOrFile));
    }

    /** In an engine of its own, where the file's folder is the strongest. */
    private static List<Finding> file(Engine engine, Path file) throws UnitException {
        List<Path> folders = new ArrayList<>(List.of(file.getParent()));
        folders.addAll(engine.folders().folders());
        Engine apart = new Engine(engine.world(), engine.loop(), engine.processes(), new UnitFolders(folders, engine.folders().builtIn()));
        UnitName name = UnitName.parse(file.getFileName().toString());
        return about(apart, apart.unit(name.instantiate("instance").toString()));
    }

    private static List<Finding> about(Engine engine, Unit unit) {
        List<Finding> all = new ArrayList<>(unit.findings());
        String where = unit.path().isEmpty() ? unit.id().toString() : unit.path();
        if (unit.load() == Load.NOT_FOUND) {
            all.add(new Finding(Severity.ERROR, where, 0, "", "there is no such unit file" + engine.nearest(unit.id())));
            return all;
        }
        if (unit instanceof ServiceUnit service && service.config != null) {
            for (Map.Entry<ServiceConfig.Commands, List<Command>> commands : service.config.commands.entrySet()) {
                for (Command command : commands.getValue()) {
                    if (command.path().startsWith("/") && !Files.isExecutable(Path.of(command.path()))) {
                        all.add(new Finding(command.mayFail() ? Severity.INFO : Severity.WARNING, where, 0, commands.getKey().key, command.path()
                                + " is no program on this system"));
                    }
                }
            }
            try {
                service.config.exec.group(service.config.exec.user());
            } catch (ExecSettings.ExecException e) {
                all.add(new Finding(Severity.WARNING, where, 0, "User", e.getMessage()));
            }
        }
        for (Dep dep : List.of(Dep.REQUIRES, Dep.BINDS_TO, Dep.REQUISITE)) {
            unit.deps(dep).stream().filter(o -> o.load() != Load.LOADED)
                    .forEach(o -> all.add(new Finding(Severity.ERROR, where, 0, dep.key(), o.id() + " is needed, and is " + o.load())));
        }
        try {
            if (unit.load() == Load.LOADED) {
                new Transaction(engine, Units.Mode.REPLACE).rehearse(unit);
            }
        } catch (UnitException e) {
            all.add(new Finding(Severity.ERROR, where, 0, "", e.getMessage()));
        }
        return all;
    }
}
