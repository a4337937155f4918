package org.cloudos.cli.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.cloudos.cli.profile.BundleFile;
import org.cloudos.cli.profile.Jars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleKindsTest {
    @TempDir Path dir;

    private BundleFile bundle(String name, String pkg, String... headers) throws IOException {
        return Jars.bundle(dir, name, "1.0.0", new String[] {pkg + "/A.class", "META-INF/services/x.Y", "OSGI-INF/c.xml"}, headers);
    }

    @Test void theClassPathTakesWhatItCan() throws IOException {
        BundleFile a = bundle("a", "a");
        BundleFile b = bundle("b", "b");
        assertEquals(Set.of(BundleKinds.Kind.CONNECT), Set.copyOf(BundleKinds.of(List.of(a, b), Set.of("framework")).values()));
    }

    /** A bundle that has taken the package {@code org.cloudos.shared} in. */
    private BundleFile taking(String name, String text, String... headers) throws IOException {
        return Jars.bundle(dir, name, "1.0.0", new String[] {name + "/A.class", "org/cloudos/shared/S.class=" + text}, headers);
    }

    @Test void ofTwoWithOnePackageTheSecondHasItsOwnLoader() throws IOException {
        BundleFile a = taking("a", "one");
        BundleFile b = taking("b", "two");
        var kinds = BundleKinds.of(List.of(a, b), Set.of());
        assertTrue(kinds.get(a).connect());
        assertEquals("has package org.cloudos.shared as a has", kinds.get(b).reason());
    }

    @Test void pureCodeThatBothTookInIsOnThePathForBoth() throws IOException {
        BundleFile a = taking("a", "same");
        BundleFile b = taking("b", "same");
        BundleFile other = taking("other", "different");
        var kinds = BundleKinds.of(List.of(a, b, other), Set.of());
        assertTrue(kinds.get(a).connect());
        assertTrue(kinds.get(b).connect());
        assertEquals("has package org.cloudos.shared as a has", kinds.get(other).reason());
        assertEquals("has package org.cloudos.shared as the framework has", BundleKinds.of(List.of(a), Set.of("org.cloudos.shared")).get(a).reason());
    }

    @Test void whatOthersTookInIsOnThePathOnce() throws IOException {
        BundleFile a = bundle("a", "net/lib");
        BundleFile b = bundle("b", "net/lib");
        assertEquals("has package net.lib as a has", BundleKinds.of(List.of(a, b), Set.of()).get(b).reason());
    }

    @Test void whatIsExportedIsNobodyElses() throws IOException {
        BundleFile a = taking("a", "same", "Export-Package: org.cloudos.shared");
        BundleFile b = taking("b", "same");
        assertEquals("has package org.cloudos.shared as a has", BundleKinds.of(List.of(a, b), Set.of()).get(b).reason());
        assertEquals("has package org.cloudos.shared as b has", BundleKinds.of(List.of(b, a), Set.of()).get(a).reason());
    }

    @Test void whoLeavesThePathLeavesWhatIsSharedToTheOther() throws IOException {
        BundleFile off = bundle("off", "off", "Export-Package: off", "Fragment-Host: x");
        BundleFile a = taking("a", "same", "Import-Package: off");
        BundleFile b = taking("b", "same");
        var kinds = BundleKinds.of(List.of(off, a, b), Set.of());
        assertEquals("imports off from off, which is not on the class path", kinds.get(a).reason());
        assertTrue(kinds.get(b).connect());
    }

    @Test void whatTheFrameworkHasIsTaken() throws IOException {
        BundleFile a = bundle("a", "framework");
        assertEquals("jar", BundleKinds.of(List.of(a), Set.of("framework")).get(a).word());
    }

    @Test void importersOfWhatIsOffThePathFollow() throws IOException {
        BundleFile first = bundle("first", "shared");
        BundleFile off = Jars.bundle(dir, "off", "1.0.0", new String[] {"shared/A.class", "off/A.class"}, "Export-Package: off");
        BundleFile user = bundle("user", "user", "Import-Package: off", "Export-Package: user");
        BundleFile userOfUser = bundle("user2", "user2", "Import-Package: user");
        var kinds = BundleKinds.of(List.of(first, off, user, userOfUser), Set.of());
        assertTrue(kinds.get(first).connect());
        assertEquals("imports off from off, which is not on the class path", kinds.get(user).reason());
        assertEquals("imports user from user, which is not on the class path", kinds.get(userOfUser).reason());
    }

    @Test void fragmentsEmbeddedJarsAndNativeCodeHaveTheirOwnLoader() throws IOException {
        List<BundleFile> all = List.of(bundle("f", "f", "Fragment-Host: a"), bundle("e", "e", "Bundle-ClassPath: .,lib/x.jar"),
                bundle("n", "n", "Bundle-NativeCode: x.so;osname=linux"));
        assertTrue(BundleKinds.of(all, Set.of()).values().stream().noneMatch(BundleKinds.Kind::connect));
    }

    @Test void shellQuotes() {
        assertEquals("'a'\\''b'", LaunchFile.quote("a'b"));
    }
}
