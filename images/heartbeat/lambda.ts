import { request } from 'node:http';

/** What came of a call to the runtime's interface. */
interface RuntimeAnswer {
  id: string;
  status: number;
}

/**
 * Answers invocations one after the other, as AWS Lambda's runtime interface asks for (Lambda developer guide, "Lambda
 * runtime API", version 2018-06-01). What fails is told as failed, so that an alarm can count it.
 * @param api host and port, as Lambda says them in `AWS_LAMBDA_RUNTIME_API`
 * @param ended how many invocations are answered; without end where it is absent
 */
export async function answerInvocations(
  api: string,
  work: () => Promise<object>,
  ended = Infinity,
): Promise<void> {
  for (let answered = 0; answered < ended; answered += 1) {
    const { id, status } = await call(api, 'GET', '/next');
    // Lambda starts a process that ends anew; one that asks again at once would never rest.
    if (status !== 200 || id === 'undefined')
      throw new Error(`the runtime interface answered ${status} to what is next`);
    try {
      await call(api, 'POST', `/${id}/response`, await work());
    } catch (error) {
      const { name, message } = error as Error;
      await call(api, 'POST', `/${id}/error`, { errorType: name, errorMessage: message });
    }
  }
}

/** Without a time-out: between two invocations the process is frozen for hours, and the next one is waited for. */
function call(api: string, method: string, path: string, body?: object): Promise<RuntimeAnswer> {
  const [hostname, port] = api.split(':');
  const options = { hostname, port, method, path: `/2018-06-01/runtime/invocation${path}`, agent: false };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          id: String(response.headers['lambda-runtime-aws-request-id']),
          status: response.statusCode ?? 0,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
