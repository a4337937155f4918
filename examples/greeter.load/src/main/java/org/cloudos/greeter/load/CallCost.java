package org.cloudos.greeter.load;

import java.util.Arrays;
import java.util.List;
import org.cloudos.greeter.Greeter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * What a call costs through the gate that callers get, and on the service itself, in the same run.
 *
 * @param directNs on the service itself, as its own bundle gets it
 */
public record CallCost(double gateNs, double directNs, double ratio) {
    private static final int ROUNDS = 7, CALLS = 2_000_000;

    static CallCost measure(BundleContext context) {
        ServiceReference<Greeter> front = context.getServiceReference(Greeter.class);
        if (front == null) throw new IllegalStateException("No greeter is there");
        Object name = front.getProperty("cloudos.gate.bundle");
        Bundle provider = List.of(context.getBundles()).stream().filter(b -> b.getSymbolicName().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalStateException("The greeter has no gate"));
        BundleContext own = provider.getBundleContext();
        ServiceReference<Greeter> behind = own.getServiceReference(Greeter.class);
        double[] gate = new double[ROUNDS], direct = new double[ROUNDS];
        Greeter through = context.getService(front), itself = own.getService(behind);
        for (int i = 0; i < ROUNDS; i++) {
            direct[i] = nanos(itself);
            gate[i] = nanos(through);
        }
        own.ungetService(behind);
        context.ungetService(front);
        Arrays.sort(gate);
        Arrays.sort(direct);
        double g = gate[ROUNDS / 2], d = direct[ROUNDS / 2];
        return new CallCost(Math.round(g * 10) / 10.0, Math.round(d * 10) / 10.0, Math.round(g / d * 100) / 100.0);
    }

    private static double nanos(Greeter greeter) {
        long start = System.nanoTime(), length = 0;
        for (int i = 0; i < CALLS; i++) length += greeter.greet("x").length();
        if (length == 0) throw new IllegalStateException("The greeter says nothing");
        return (System.nanoTime() - start) / (double) CALLS;
    }
}
