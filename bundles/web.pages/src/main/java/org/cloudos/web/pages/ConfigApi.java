package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The configuration: its settings and files, checked before they are changed, on trial when asked for. */
@Component(service = Servlet.class, property = {Api.PATTERN + "config/*", Api.CONTEXT})
public final class ConfigApi extends Api {
    private static final long serialVersionUID = 1L;
    private static final int LARGEST = 1 << 20;
    private static final int LONGEST_TRIAL = 24 * 60 * 60;

    private final transient ConfigTree tree;

    /** A setting. */
    record Row(String key, Object value, Layer layer, String source) {
        static Row of(Setting setting) {
            return new Row(setting.key(), setting.value(), setting.source().layer(), setting.source().toString());
        }
    }

    /** A problem. */
    record Wrong(String severity, String file, int line, int column, String key, String message) {
        static Wrong of(Problem problem) {
            Source source = problem.source();
            return new Wrong(problem.severity().name(), source == null ? "" : source.name(), source == null ? 0 : source.line(),
                    source == null ? 0 : source.column(), problem.key(), problem.message());
        }
    }

    @Activate
    public ConfigApi(@Reference ConfigTree tree) {
        this.tree = tree;
        get("", call -> Map.of("settings", tree.settings(true).stream().map(Row::of).toList(), "problems", wrong(tree.problems()),
                "trial", tree.trial()));
        get("/explain", call -> tree.explain(call.text("key")));
        get("/files", call -> tree.files());
        get("/history", call -> tree.history().reversed());
        get("/difference", call -> tree.difference((int) call.number("from", 0, 0, Integer.MAX_VALUE), (int) call.number("to", 0, 0, Integer.MAX_VALUE)));
        post("/check", this::check);
        post("/change", this::change);
        post("/confirm", call -> tree.confirm());
        post("/cancel", call -> tree.cancel("cancelled by " + call.user()));
        post("/rollback", call -> tree.rollback((int) call.number("revision", 0, 0, Integer.MAX_VALUE), options(call)));
    }

    @Override
    int status(Exception e) {
        return e instanceof ConfigException.Invalid || e instanceof ConfigException.Refused ? conflict() : super.status(e);
    }

    private static List<Wrong> wrong(List<Problem> problems) {
        return problems.stream().map(Wrong::of).toList();
    }

    /** A key with a value or without one, or the text of a whole file. */
    private static List<Edit> edits(Call call) throws Exception {
        String file = call.text("file", Edit.MACHINE);
        String key = call.text("key", "");
        if (key.isEmpty()) {
            return List.of(new Edit.Text(file, call.body(LARGEST)));
        }
        return List.of(call.text("unset", "").equals("true") ? new Edit.Unset(file, key) : new Edit.Set(file, key, call.body(LARGEST)));
    }

    /** What would be wrong, and what would be other. */
    private Object check(Call call) throws Exception {
        List<Edit> edits = edits(call);
        List<Problem> problems = tree.check(edits);
        boolean good = problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("good", good);
        answer.put("problems", wrong(problems));
        answer.put("differences", good ? tree.preview(edits) : List.of());
        return answer;
    }

    private static Change.Options options(Call call) throws Call.Bad {
        long trial = call.number("trial", 0, 0, LONGEST_TRIAL);
        return new Change.Options(trial > 0 ? Change.Kind.TRIAL : Change.Kind.EDIT,
                trial > 0 ? Optional.of(Duration.ofSeconds(trial)) : Optional.empty(), call.user(), call.text("reason", ""));
    }

    private Object change(Call call) throws Exception {
        return tree.change(edits(call), options(call));
    }
}
