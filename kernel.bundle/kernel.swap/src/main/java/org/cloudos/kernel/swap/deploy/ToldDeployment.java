package org.cloudos.kernel.swap.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.ChangeListener;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** A deployment that tells {@link ChangeListener}s of each change. */
final class ToldDeployment implements Deployment {
    private static final System.Logger LOG = System.getLogger(ToldDeployment.class.getName());

    private final BundleContext context;
    private final Deployment deployment;
    // Changes wait here, not within, so that what listeners hear of two of them is never mixed.
    private final ReentrantLock one = new ReentrantLock(true);

    ToldDeployment(BundleContext context, Deployment deployment) {
        this.context = context;
        this.deployment = deployment;
    }

    private interface Work {
        Change run(Consumer<String> progress) throws DeploymentException;
    }

    @Override
    public Change deploy(List<Jar> jars, Options options, Consumer<String> progress) throws DeploymentException {
        return told("deploy", jars.stream().map(Jar::name).toList(), progress, told -> deployment.deploy(jars, options, told));
    }

    @Override
    public Change rollback(String symbolicName, Options options, Consumer<String> progress) throws DeploymentException {
        return told("rollback", List.of(symbolicName), progress, told -> deployment.rollback(symbolicName, options, told));
    }

    @Override
    public List<Change> history() {
        return deployment.history();
    }

    private Change told(String kind, List<String> what, Consumer<String> progress, Work work) throws DeploymentException {
        one.lock();
        Optional<Change> outcome = Optional.empty();
        List<ServiceReference<ChangeListener>> references = listeners();
        try {
            List<ChangeListener> listeners = new ArrayList<>();
            for (ServiceReference<ChangeListener> reference : references) {
                ChangeListener listener = context.getService(reference);
                if (listener != null) listeners.add(listener);
            }
            listeners.forEach(l -> safely(() -> l.began(kind, what)));
            try {
                Change change = work.run(line -> {
                    listeners.forEach(l -> safely(() -> l.progress(line)));
                    progress.accept(line);
                });
                outcome = Optional.of(change);
                return change;
            } catch (DeploymentException.TakenBack e) {
                outcome = Optional.ofNullable(e.change());
                throw e;
            } finally {
                Optional<Change> ended = outcome;
                listeners.forEach(l -> safely(() -> l.ended(ended)));
            }
        } finally {
            one.unlock();
            references.forEach(reference -> safely(() -> context.ungetService(reference)));
        }
    }

    private List<ServiceReference<ChangeListener>> listeners() {
        try {
            Collection<ServiceReference<ChangeListener>> found = context.getServiceReferences(ChangeListener.class, null);
            return List.copyOf(found);
        } catch (InvalidSyntaxException | IllegalStateException e) {
            return List.of(); // the system goes down
        }
    }

    /** A listener whose bundle is the one that is swapped can't be told any more. */
    private static void safely(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "a listener of changes failed", e);
        }
    }
}
