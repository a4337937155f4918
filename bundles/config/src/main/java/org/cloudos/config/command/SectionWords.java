package org.cloudos.config.command;

import java.util.List;
import java.util.function.Function;
import org.cloudos.config.ConfigTree;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Completes sections. */
@Component(service = Function.class, property = Suggest.SOURCE + "=" + SectionWords.NAME)
public final class SectionWords implements Function<String, List<String>> {
    static final String NAME = "config.sections";
    private final ConfigTree tree;

    @Activate
    public SectionWords(@Reference ConfigTree tree) {
        this.tree = tree;
    }

    @Override public List<String> apply(String word) {
        return tree.keys().stream().map(key -> key.substring(0, Math.max(0, key.indexOf('.')))).filter(section -> !section.isEmpty())
                .distinct().toList();
    }
}
