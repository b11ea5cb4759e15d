import type { Connection } from '../connection/connection.ts';

/** Runs that are looked at: of a workflow whose runs wait for each other, no more than a few are not over. */
const LOOKED_AT = 100;

/** Whether a run of a workflow is not over. @param workflow its file, such as `merge.yml` */
export async function isRunning(connection: Connection, workflow: string): Promise<boolean> {
  const { data } = await connection.ask(`list the runs of ${workflow}`, ({ actions }) =>
    actions.listWorkflowRuns({ ...connection.repository, workflow_id: workflow, per_page: LOOKED_AT }),
  );
  return data.workflow_runs.some(({ status }) => status !== 'completed');
}
