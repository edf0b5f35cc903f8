/**
 * Runs before GraphiQL, which opens a tab of its last query, variables and headers unless a stored tab has
 * them. It stores these three when they are edited, and the tabs always: whoever comes back without an edit
 * would get an empty tab. So they are set from the tab that is to be open: the one with the query in the
 * address, or the one that was open last. A query that has no tab yet begins without variables.
 *
 * The page gives a query with its variables behind `#`. They are taken out of the address, since they would
 * come back after they have been edited.
 */
export const RESTORE_TAB = `<script>
  (() => {
    const store = (name, value) =>
      value ? localStorage.setItem('graphiql:' + name, value) : localStorage.removeItem('graphiql:' + name);
    try {
      const given = new URLSearchParams(location.hash.slice(1));
      if (given.has('query')) {
        store('query', given.get('query'));
        store('variables', given.get('variables'));
        history.replaceState(null, '', location.pathname);
        return;
      }
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
      const asked = new URLSearchParams(location.search).get('query');
      const open = tabs[activeTabIndex];
      const tab = !asked || open?.query === asked ? open : tabs.find(({ query }) => query === asked);
      store('variables', tab?.variables);
      if (!tab) return;
      store('query', tab.query);
      store('headers', tab.headers);
    } catch {
      // Nothing is stored yet, or may be.
    }
  })();
</script>`;
