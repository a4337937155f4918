package org.cloudos.hal.core;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.net.NetDevice;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;

/**
 * Which bundles see which devices, by the devices' names. Nobody but those named sees a device that a rule names; a device without a rule is
 * everybody's. Kept by the framework's service hooks: who may not see a device does not find its service, nor is told of it. Who has
 * it already when a rule comes keeps it.
 */
final class DevicePermissions implements FindHook, EventListenerHook {
    private static final List<String> PROPERTIES = List.of(BlockDevice.NAME, NetDevice.NAME, CharDevice.NAME);
    /** What carries services from one to the other, and what lists them. */
    private static final Set<String> ALWAYS = Set.of("org.cloudos.kernel.swap", "org.cloudos.hal.core");

    /** A name or a pattern with {@code *}, as the rule has it. */
    private record Glob(String text, Pattern pattern) {
        static Glob of(String text) {
            return new Glob(text, Pattern.compile(Pattern.quote(text).replace("*", "\\E.*\\Q")));
        }

        boolean matches(String name) {
            return pattern.matcher(name).matches();
        }
    }

    private volatile Map<Glob, List<Glob>> rules = Map.of();

    /** @param text rules {@code DEVICE=BUNDLE BUNDLE...}, with semicolons between; each name with {@code *} for any letters */
    DevicePermissions(String text) {
        for (String rule : text.isBlank() ? new String[0] : text.split(";")) {
            String[] sides = rule.split("=", 2);
            if (sides.length != 2 || sides[0].isBlank()) {
                throw new IllegalArgumentException("cloudos.hal.permissions: expected DEVICE=BUNDLE BUNDLE...; ..., found " + rule.strip());
            }
            set(sides[0].strip(), List.of(sides[1].strip().split("\\s+")));
        }
    }

    /** @param bundles none for nobody */
    synchronized void set(String device, List<String> bundles) {
        Map<Glob, List<Glob>> next = new LinkedHashMap<>(rules);
        next.keySet().removeIf(g -> g.text.equals(device));
        next.put(Glob.of(device), bundles.stream().filter(b -> !b.isEmpty()).map(Glob::of).toList());
        rules = next;
    }

    synchronized boolean remove(String device) {
        Map<Glob, List<Glob>> next = new LinkedHashMap<>(rules);
        boolean found = next.keySet().removeIf(g -> g.text.equals(device));
        rules = next;
        return found;
    }

    /** Device to bundles. */
    Map<String, String> rules() {
        Map<String, String> text = new LinkedHashMap<>();
        rules.forEach((device, bundles) -> text.put(device.text, bundles.stream().map(Glob::text).collect(Collectors.joining(" "))));
        return text;
    }

    /** Every rule that names the device must name the bundle. */
    boolean allows(String device, String bundle) {
        return ALWAYS.contains(bundle) || rules.entrySet().stream().filter(r -> r.getKey().matches(device))
                .allMatch(r -> r.getValue().stream().anyMatch(b -> b.matches(bundle)));
    }

    private boolean isHidden(ServiceReference<?> reference, Bundle from) {
        if (rules.isEmpty() || from.getBundleId() == 0 || from.equals(reference.getBundle())) {
            return false;
        }
        for (String property : PROPERTIES) {
            if (reference.getProperty(property) instanceof String name && !allows(name, from.getSymbolicName())) {
                return !from.getSymbolicName().equals(reference.getProperty("cloudos.gate.bundle"));
            }
        }
        return false;
    }

    @Override public void find(BundleContext context, String name, String filter, boolean all, Collection<ServiceReference<?>> references) {
        references.removeIf(r -> isHidden(r, context.getBundle()));
    }

    @Override public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        if (event.getType() != ServiceEvent.UNREGISTERING) { // who keeps it must hear of its end
            listeners.keySet().removeIf(context -> isHidden(event.getServiceReference(), context.getBundle()));
        }
    }
}
