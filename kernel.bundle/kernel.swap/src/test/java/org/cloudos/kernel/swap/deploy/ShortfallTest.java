package org.cloudos.kernel.swap.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleException;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

class ShortfallTest {
    private static Resource resource(String... headers) throws BundleException {
        Map<String, String> all = new java.util.HashMap<>(Map.of("Bundle-ManifestVersion", "2",
                "Bundle-SymbolicName", headers[0], "Bundle-Version", "1"));
        for (int i = 1; i < headers.length; i += 2) all.put(headers[i], headers[i + 1]);
        return ResourceBuilder.build(null, all);
    }

    private static String sentence(String header, String value) throws BundleException {
        Resource needs = resource("needs", header, value);
        Resource there = resource("there", "Export-Package", "p;version=1.5", "Provide-Capability", "n;n=x;version:Version=2");
        Scene scene = new Scene(Map.of(), List.of(needs), List.of(there));
        List<Requirement> missing = needs.getRequirements(null).stream()
                .filter(r -> Scene.needed(r) && scene.findProviders(r).isEmpty()).toList();
        return missing.isEmpty() ? "" : Shortfall.sentence(missing.getFirst(), scene);
    }

    @Test
    void packages() throws Exception {
        assertEquals("", sentence("Import-Package", "p;version=\"[1,2)\""));
        assertEquals("", sentence("Import-Package", "q;resolution:=optional"));
        assertEquals("needs 1.0.0 needs the package p [2.0.0,3.0.0): there is 1.5.0 in there 1.0.0",
                sentence("Import-Package", "p;version=\"[2,3)\""));
        assertEquals("needs 1.0.0 needs the package p 2.0.0 or newer: there is 1.5.0 in there 1.0.0",
                sentence("Import-Package", "p;version=2"));
        assertEquals("needs 1.0.0 needs the package p [1.0.0,1.4.0]: there is 1.5.0 in there 1.0.0",
                sentence("Import-Package", "p;version=\"[1,1.4]\""));
        assertEquals("needs 1.0.0 needs the package q: no bundle provides it", sentence("Import-Package", "q"));
    }

    @Test
    void others() throws Exception {
        assertEquals("needs 1.0.0 needs the bundle there [3.0.0,4.0.0): there is 1.0.0 in there 1.0.0",
                sentence("Require-Bundle", "there;bundle-version=\"[3,4)\""));
        assertEquals("needs 1.0.0 needs the host bundle nobody 0.0.0 or newer: no bundle provides it",
                sentence("Fragment-Host", "nobody"));
        assertEquals("needs 1.0.0 needs the capability n y: no bundle provides it",
                sentence("Require-Capability", "n;filter:=\"(n=y)\""));
        assertEquals("needs 1.0.0 needs the capability n (m=1), which no bundle provides",
                sentence("Require-Capability", "n;filter:=\"(m=1)\""));
        assertEquals("", sentence("Require-Capability", "n;filter:=\"(n=y)\";effective:=active"));
    }
}
