package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.util.List;
import java.util.Map;
import org.cloudos.units.UnitException;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Services and their units. */
@Component(service = Servlet.class, property = {Api.PATTERN + "units/*", Api.CONTEXT})
public final class UnitsApi extends Api {
    private static final long serialVersionUID = 1L;
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    /** One unit's page. */
    record Shown(Object details, List<Units.UnitFile> files, List<Units.Dependency> requires) { }

    @Activate
    public UnitsApi(@Reference Units units) {
        get("", call -> Map.of("units", units.list(), "jobs", units.jobs()));
        get("/abilities", call -> units.abilities());
        get("/blame", call -> units.blame());
        get("/details", call -> {
            String name = call.text("name");
            return new Shown(units.details(name), units.files(name), units.dependencies(name, Units.Direction.REQUIRES));
        });
        post("/run", call -> {
            units.begin(call.choice("action", Units.Action.class), List.of(call.text("name")));
            return Map.of("begun", true);
        });
        post("/enable", call -> units.enable(List.of(call.text("name"))));
        post("/disable", call -> units.disable(List.of(call.text("name"))));
        post("/reset", call -> {
            units.resetFailed(List.of(call.text("name")));
            return Map.of("done", true);
        });
        post("/reload", call -> {
            units.reloadFiles();
            return Map.of("done", true);
        });
    }

    @Override
    int status(Exception e) {
        if (!(e instanceof UnitException unit)) {
            return super.status(e);
        }
        return switch (unit.reason()) {
            case BAD_NAME -> BAD_REQUEST;
            case NOT_FOUND -> NOT_FOUND;
            case IO -> super.status(e);
            default -> conflict();
        };
    }
}
