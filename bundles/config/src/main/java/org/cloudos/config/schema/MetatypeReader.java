package org.cloudos.config.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.felix.metatype.AD;
import org.apache.felix.metatype.Designate;
import org.apache.felix.metatype.MetaData;
import org.apache.felix.metatype.MetaDataReader;
import org.apache.felix.metatype.OCD;
import org.osgi.framework.Bundle;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeProvider;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * Reads the sections that a bundle declares. From its XML documents with Felix's parser, because Metatype's own API
 * tells no ranges; and from providers that make their definitions in code.
 */
public final class MetatypeReader {
    private static final String FOLDER = "OSGI-INF/metatype";
    private final Consumer<String> complain;

    /** Documents that can't be understood are told here. */
    public MetatypeReader(Consumer<String> complain) {
        this.complain = complain;
    }

    /** Sections of a bundle's documents; does not resolve the bundle. */
    public List<Section> documents(Bundle bundle) {
        Enumeration<String> paths = bundle.getEntryPaths(FOLDER);
        List<Section> sections = new ArrayList<>();
        for (String path : paths == null ? List.<String>of() : Collections.list(paths)) {
            URL entry = path.endsWith(".xml") ? bundle.getEntry(path) : null;
            if (entry != null) {
                try (InputStream in = entry.openStream()) {
                    MetaData data = new MetaDataReader().parse(in);
                    sections.addAll(data == null ? List.of() : sections(bundle, data));
                } catch (IOException | RuntimeException e) {
                    complain.accept(bundle.getSymbolicName() + ": " + path + " can't be read: " + e.getMessage());
                }
            }
        }
        return sections;
    }

    @SuppressWarnings("unchecked") // the parser's API has no type arguments
    private List<Section> sections(Bundle bundle, MetaData data) {
        Words words = new Words(bundle, data.getLocalePrefix());
        List<Section> sections = new ArrayList<>();
        for (Designate designate : data.getDesignates() == null ? List.<Designate>of() : (List<Designate>) data.getDesignates()) {
            boolean factory = designate.getFactoryPid() != null && !designate.getFactoryPid().isEmpty();
            String pid = factory ? designate.getFactoryPid() : designate.getPid();
            Map<String, OCD> classes = data.getObjectClassDefinitions();
            OCD ocd = designate.getObject() == null || classes == null ? null : classes.get(designate.getObject().getOcdRef());
            if (pid == null || ocd == null || ocd.getAttributeDefinitions() == null) {
                continue;
            }
            String name = ShortNames.section(pid);
            Map<String, AD> definitions = ocd.getAttributeDefinitions();
            Map<String, String> names = ShortNames.attributes(name, definitions.keySet());
            SortedMap<String, Attribute> attributes = new TreeMap<>();
            definitions.forEach((id, ad) -> attributes.put(names.get(id), attribute(ad, names.get(id), words)));
            sections.add(new Section(name, pid, factory, bundle.getSymbolicName(), words.of(ocd.getName()),
                    words.of(ocd.getDescription()), attributes));
        }
        return sections;
    }

    private static Attribute attribute(AD ad, String name, Words words) {
        Map<String, String> options = new LinkedHashMap<>();
        String[] values = ad.getOptionValues();
        for (int i = 0; values != null && i < values.length; i++) {
            options.put(values[i], words.of(ad.getOptionLabels()[i]));
        }
        return new Attribute(ad.getID(), name, Type.of(ad.getType()), ad.getCardinality(), ad.isRequired(),
                list(ad.getDefaultValue()), Objects.toString(ad.getMin(), ""), Objects.toString(ad.getMax(), ""), options,
                words.of(ad.getName()), words.of(ad.getDescription()));
    }

    /** The section of a provider that makes its definitions in code; they tell no ranges. */
    public Collection<Section> provided(Bundle bundle, String pid, boolean factory, MetaTypeProvider provider) {
        ObjectClassDefinition ocd;
        try {
            ocd = provider.getObjectClassDefinition(pid, null);
        } catch (RuntimeException e) {
            complain.accept(bundle.getSymbolicName() + ": definitions of " + pid + " can't be had: " + e);
            return List.of();
        }
        if (ocd == null) {
            return List.of();
        }
        String name = ShortNames.section(pid);
        Map<String, AttributeDefinition> byId = new LinkedHashMap<>();
        for (int filter : new int[] {ObjectClassDefinition.REQUIRED, ObjectClassDefinition.OPTIONAL}) {
            AttributeDefinition[] some = ocd.getAttributeDefinitions(filter);
            for (AttributeDefinition ad : some == null ? new AttributeDefinition[0] : some) {
                byId.putIfAbsent(ad.getID(), ad);
            }
        }
        Map<String, String> names = ShortNames.attributes(name, byId.keySet());
        SortedMap<String, Attribute> attributes = new TreeMap<>();
        byId.forEach((id, ad) -> attributes.put(names.get(id), new Attribute(id, names.get(id), Type.of(ad.getType()),
                ad.getCardinality(), false, list(ad.getDefaultValue()), "", ShortNames.most(name, names.get(id)), options(ad),
                Objects.toString(ad.getName(), id), Objects.toString(ad.getDescription(), ""))));
        return List.of(new Section(name, pid, factory, bundle.getSymbolicName(), Objects.toString(ocd.getName(), pid),
                Objects.toString(ocd.getDescription(), ""), attributes));
    }

    private static Map<String, String> options(AttributeDefinition ad) {
        Map<String, String> options = new LinkedHashMap<>();
        String[] values = ad.getOptionValues();
        String[] labels = ad.getOptionLabels();
        for (int i = 0; values != null && i < values.length; i++) {
            options.put(values[i], labels != null && i < labels.length ? labels[i] : values[i]);
        }
        return options;
    }

    private static List<String> list(String[] values) {
        return values == null ? List.of() : Arrays.stream(values).filter(Objects::nonNull).toList();
    }

    /** Names and descriptions, which may stand in a file of their own ({@code %key}). */
    private static final class Words {
        private final Properties properties = new Properties();

        Words(Bundle bundle, String prefix) {
            URL entry = prefix == null ? null : bundle.getEntry(prefix + ".properties");
            if (entry != null) {
                try (InputStreamReader in = new InputStreamReader(entry.openStream(), StandardCharsets.ISO_8859_1)) {
                    properties.load(in);
                } catch (IOException e) {
                    properties.clear(); // the keys are shown instead
                }
            }
        }

        String of(String text) {
            return text == null ? "" : text.startsWith("%") ? properties.getProperty(text.substring(1), text.substring(1)) : text;
        }
    }
}
