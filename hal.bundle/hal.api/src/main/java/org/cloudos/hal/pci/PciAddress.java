package org.cloudos.hal.pci;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a function is: segment (domain), bus, device, function, written {@code 0000:00:1f.2}. */
public record PciAddress(int segment, int bus, int device, int function) implements Comparable<PciAddress> {
    private static final Pattern TEXT = Pattern.compile("(?:(\\p{XDigit}{4,5}):)?(\\p{XDigit}{2}):([01]\\p{XDigit})\\.([0-7])");

    /** @param text with or without the segment, which is then 0 */
    public static PciAddress parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("PCI address: expected such as 0000:00:1f.2, found " + text);
        }
        return new PciAddress(m.group(1) == null ? 0 : Integer.parseInt(m.group(1), 16), Integer.parseInt(m.group(2), 16),
                Integer.parseInt(m.group(3), 16), Integer.parseInt(m.group(4)));
    }

    @Override public int compareTo(PciAddress other) {
        int order = Integer.compare(segment, other.segment);
        return order != 0 ? order : Integer.compare(number(), other.number());
    }

    private int number() {
        return bus << 8 | device << 3 | function;
    }

    @Override public String toString() {
        return String.format("%04x:%02x:%02x.%d", segment, bus, device, function);
    }
}
